// How JSON stands in the store: UTF-8, indented by one space, ended by a line feed.

import type { ObjectBatch } from '../git/object-batch.ts';
import type { ObjectId } from '../git/object-id.ts';

export function putJson(batch: ObjectBatch, value: unknown): ObjectId {
  return batch.put('blob', Buffer.from(`${JSON.stringify(value, null, 1)}\n`, 'utf8'));
}
