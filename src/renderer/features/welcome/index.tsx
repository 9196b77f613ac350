export function Welcome() {
  return null;
}

export function WelcomeDialogs() {
  return null;
}
