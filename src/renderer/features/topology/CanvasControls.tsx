import { ActionIcon, Tooltip } from '@mantine/core';
import { Maximize, Minus, Plus, Search, Wand2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { runCommand } from '../../app/commands.js';
import styles from './topology.module.css';

const TOOLS = [
  ['find', Search],
  ['zoom-in', Plus],
  ['zoom-out', Minus],
  ['zoom-fit', Maximize],
  ['auto-layout', Wand2],
] as const;

/** Zoom, arrange, find; the same commands come from the menu and the keyboard. */
export function CanvasControls() {
  const { t } = useTranslation('topology');
  return (
    <div className={styles.controls} role="toolbar" aria-orientation="vertical" aria-label={t('tools')}>
      {TOOLS.map(([command, Icon]) => (
        <Tooltip key={command} label={t(`tool.${command}`)} position="right">
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t(`tool.${command}`)}
            onClick={() => runCommand(command)}
            data-testid={`tool-${command}`}
          >
            <Icon size={16} strokeWidth={1.9} />
          </ActionIcon>
        </Tooltip>
      ))}
    </div>
  );
}
