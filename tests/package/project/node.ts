import { load } from 'headwater';
import { load as loadEdge } from 'headwater/edge';
import { use } from './use.ts';

console.log(JSON.stringify(use(await load(), await loadEdge())));
