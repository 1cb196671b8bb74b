import { load } from 'headwater';
import { load as loadEdge } from 'headwater/edge';
import { use } from './use.ts';

export default {
  async fetch(): Promise<Response> {
    return Response.json(use(await load(), await loadEdge()));
  },
};
