export function QuestionDialogs() {
  return null;
}
