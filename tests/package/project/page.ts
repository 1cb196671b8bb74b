import { load } from 'headwater';
import { load as loadEdge } from 'headwater/edge';
import { use } from './use.ts';

document.title = 'working';
document.body.textContent = JSON.stringify(use(await load(), await loadEdge()));
document.title = 'done';
