export function DestroyDialog() {
  return null;
}
