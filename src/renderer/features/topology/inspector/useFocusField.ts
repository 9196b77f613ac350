import { type RefObject, useEffect } from 'react';
import { useUi } from '../../../stores/ui.js';
import { nearestField } from './fields.js';

/** The last wish that was carried out: showing the panel again must not take the focus once more. */
let done: object | null = null;

/** Puts the cursor into the field that another part of the window asks for. */
export function useFocusField(panel: RefObject<HTMLElement | null>): void {
  const wanted = useUi((state) => state.focusField);
  useEffect(() => {
    if (wanted === null || wanted === done || panel.current === null) return;
    done = wanted;
    const fields = new Map(
      [...panel.current.querySelectorAll<HTMLElement>('[data-field]')].map((element) => [
        element.dataset['field'] ?? '',
        element,
      ]),
    );
    const field = fields.get(nearestField([...fields.keys()], wanted.path) ?? '');
    if (field === undefined) return;
    field.scrollIntoView({ block: 'nearest' });
    field.querySelector<HTMLElement>('input:not([type="hidden"]), textarea')?.focus();
  }, [wanted, panel]);
}
