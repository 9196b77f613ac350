export const kv = {};
