export const consulUi = {};
