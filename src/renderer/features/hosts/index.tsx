export function HostDialogs() {
  return null;
}
