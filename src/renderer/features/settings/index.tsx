export function SettingsDialogs() {
  return null;
}
