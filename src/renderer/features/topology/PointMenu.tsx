import { Menu } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';
import styles from './topology.module.css';

interface PointMenuProps {
  /** In the window. */
  readonly x: number;
  readonly y: number;
  onClose(): void;
  readonly children: ReactNode;
}

/** A menu at the pointer, or at what had the focus when its key was pressed; the focus goes back there. */
export function PointMenu({ x, y, onClose, children }: PointMenuProps) {
  const before = useRef(document.activeElement);
  useEffect(() => {
    const focused = before.current;
    return () => {
      // What was chosen may have put the focus somewhere itself.
      const lost = document.activeElement === null || document.activeElement === document.body;
      if (lost && focused instanceof HTMLElement) focused.focus({ preventScroll: true });
    };
  }, []);
  return (
    <Menu
      opened
      onClose={onClose}
      position="bottom-start"
      offset={0}
      width={236}
      withinPortal
      shadow="md"
      classNames={{ dropdown: styles.menu ?? '', item: styles.menuItem ?? '' }}
    >
      <Menu.Target>
        <span style={{ position: 'fixed', left: x, top: y, width: 1, height: 1 }} />
      </Menu.Target>
      <Menu.Dropdown>{children}</Menu.Dropdown>
    </Menu>
  );
}
