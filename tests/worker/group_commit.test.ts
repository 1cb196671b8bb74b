/** The group commit by itself, with commits that are watched and made to fail. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GroupCommit, QueueFullError } from '../../worker/src/shard/group_commit.ts';
import { CommitPace } from '../../worker/src/shard/pace.ts';

const options = { pace: new CommitPace(), groupWeight: 10, queueWeight: 20 };

test('calls that arrive together are committed together, in order', async () => {
  const groups: number[][] = [];
  const group = new GroupCommit<number, string>((members) => {
    groups.push([...members]);
    return members.map((member) => `done ${member}`);
  }, options);
  const results = await Promise.all([1, 2, 3].map((n) => group.submit(n, 1)));
  assert.deepEqual(results, ['done 1', 'done 2', 'done 3']);
  assert.deepEqual(groups, [[1, 2, 3]]);
  assert.equal(await group.submit(4, 1), 'done 4');
  assert.deepEqual(groups, [[1, 2, 3], [4]]);
});

test('a full group leaves the rest to the next, still in order', async () => {
  const groups: number[][] = [];
  const group = new GroupCommit<number, number>((members) => {
    groups.push([...members]);
    return [...members];
  }, options);
  await Promise.all([1, 2, 3, 4, 5].map((n) => group.submit(n, 4)));
  assert.deepEqual(groups, [[1, 2], [3, 4], [5]]);
});

test('one call may be heavier than a group', async () => {
  const group = new GroupCommit<string, string>((members) => [...members], options);
  assert.equal(await group.submit('heavy', 1000), 'heavy');
});

test('beyond the bound calls are turned away at once, and none that was taken is lost', async () => {
  const group = new GroupCommit<number, number>((members) => [...members], options);
  const taken = [1, 2].map((n) => group.submit(n, 10));
  await assert.rejects(group.submit(3, 1), QueueFullError);
  assert.deepEqual(await Promise.all(taken), [1, 2]);
  assert.equal(await group.submit(4, 10), 4);
});

test('a member that cannot be committed fails alone', async () => {
  const committed: string[] = [];
  const group = new GroupCommit<string, string>((members) => {
    if (members.includes('bad')) throw new Error('poisoned');
    committed.push(...members);
    return [...members];
  }, options);
  const results = await Promise.allSettled(['a', 'bad', 'b'].map((name) => group.submit(name, 1)));
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
  assert.deepEqual(committed, ['a', 'b']);
});

test('a commit that failed as a whole was not done in part', async () => {
  let calls = 0;
  const group = new GroupCommit<number, number>((members) => {
    calls++;
    if (members.length > 1) throw new Error('only singly');
    return [...members];
  }, options);
  assert.deepEqual(await Promise.all([1, 2].map((n) => group.submit(n, 1))), [1, 2]);
  assert.equal(calls, 3);
});
