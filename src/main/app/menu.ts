/** The menu, with each platform's conventions; its commands are carried out by the window. */
import { Menu, type MenuItemConstructorOptions } from 'electron';
import type { MenuCommand, RecentFile } from '../../shared/ipc/index.js';
import type { Texts } from './texts.js';

export interface MenuState {
  readonly document: boolean;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  readonly selection: boolean;
}

export interface MenuDeps {
  readonly command: (command: MenuCommand) => void;
  readonly openRecent: (path: string) => void;
  readonly clearRecent: () => void;
  readonly openGuide: () => void;
  readonly revealLogs: () => void;
}

type Item = MenuItemConstructorOptions;

/** Commands that make sense only with a document. */
const ALWAYS: ReadonlySet<MenuCommand> = new Set<MenuCommand>([
  'new',
  'open',
  'view-settings',
  'shortcuts',
  'about',
]);

export function buildMenu(
  texts: Texts,
  state: MenuState,
  recent: readonly RecentFile[],
  deps: MenuDeps,
): Menu {
  const mac = process.platform === 'darwin';
  const item = (command: MenuCommand, label: string, accelerator?: string, enabled = true): Item => ({
    id: command,
    label,
    enabled: enabled && (state.document || ALWAYS.has(command)),
    click: () => deps.command(command),
    ...(accelerator === undefined ? {} : { accelerator }),
  });
  const separator: Item = { type: 'separator' };
  const recentItems: Item[] =
    recent.length === 0
      ? [{ label: texts.noRecent, enabled: false }]
      : [
          ...recent
            .slice(0, 10)
            .map((file): Item => ({ label: file.path, click: () => deps.openRecent(file.path) })),
          separator,
          { label: texts.clearRecent, click: deps.clearRecent },
        ];
  const settings = item('view-settings', texts.settings, 'CmdOrCtrl+,');
  const about = item('about', texts.about);
  const appMenu: Item = {
    label: 'Raftyard',
    submenu: [
      about,
      separator,
      settings,
      separator,
      { role: 'hide' },
      { role: 'hideOthers' },
      separator,
      { role: 'quit', label: texts.quitApp },
    ],
  };
  // Accelerators of editing are shown, not registered: in a text field they belong to the field.
  const shown = (entry: Item): Item => ({ ...entry, registerAccelerator: false });
  return Menu.buildFromTemplate([
    ...(mac ? [appMenu] : []),
    {
      label: texts.file,
      submenu: [
        item('new', texts.new, 'CmdOrCtrl+N'),
        item('open', texts.open, 'CmdOrCtrl+O'),
        { label: texts.recent, submenu: recentItems },
        separator,
        item('save', texts.save, 'CmdOrCtrl+S'),
        item('save-as', texts.saveAs, 'CmdOrCtrl+Shift+S'),
        separator,
        item('close-document', texts.closeDocument, 'CmdOrCtrl+W'),
        ...(mac ? [] : [separator, settings, separator, { role: 'quit' as const, label: texts.quit }]),
      ],
    },
    {
      label: texts.edit,
      submenu: [
        shown(item('undo', texts.undo, 'CmdOrCtrl+Z', state.canUndo)),
        shown(item('redo', texts.redo, mac ? 'Cmd+Shift+Z' : 'CmdOrCtrl+Shift+Z', state.canRedo)),
        separator,
        { role: 'cut', label: texts.cut },
        { role: 'copy', label: texts.copy },
        { role: 'paste', label: texts.paste },
        shown(item('duplicate', texts.duplicate, 'CmdOrCtrl+D', state.selection)),
        shown(item('delete', texts.delete, 'Delete', state.selection)),
        { role: 'selectAll', label: texts.selectAll },
        separator,
        shown(item('find', texts.find, 'CmdOrCtrl+F')),
      ],
    },
    {
      label: texts.view,
      submenu: [
        item('view-topology', texts.topology, 'CmdOrCtrl+1'),
        item('view-plan', texts.plan, 'CmdOrCtrl+2'),
        item('view-services', texts.services, 'CmdOrCtrl+3'),
        item('view-consul-ui', texts.consulUi, 'CmdOrCtrl+4'),
        item('view-logs', texts.logs, 'CmdOrCtrl+5'),
        item('view-export', texts.exportView, 'CmdOrCtrl+6'),
        separator,
        item('toggle-problems', texts.problems, 'CmdOrCtrl+Shift+M'),
        item('toggle-yaml', texts.yaml, 'CmdOrCtrl+Shift+Y'),
        separator,
        item('zoom-in', texts.zoomIn, 'CmdOrCtrl+='),
        item('zoom-out', texts.zoomOut, 'CmdOrCtrl+-'),
        item('zoom-fit', texts.zoomFit, 'CmdOrCtrl+0'),
        item('auto-layout', texts.autoLayout, 'CmdOrCtrl+Shift+L'),
        separator,
        { role: 'togglefullscreen', label: texts.fullScreen },
      ],
    },
    {
      label: texts.cluster,
      submenu: [
        item('check-hosts', texts.checkHosts, 'CmdOrCtrl+Shift+K'),
        item('plan', texts.makePlan, 'CmdOrCtrl+Shift+P'),
        item('apply', texts.apply, 'CmdOrCtrl+Return'),
        separator,
        item('export', texts.export, 'CmdOrCtrl+E'),
        separator,
        item('destroy', texts.destroy),
      ],
    },
    {
      label: texts.help,
      role: 'help',
      submenu: [
        { label: texts.guide, click: deps.openGuide },
        item('shortcuts', texts.shortcuts, 'CmdOrCtrl+/'),
        { label: texts.revealLogs, click: deps.revealLogs },
        ...(mac ? [] : [separator, about]),
      ],
    },
  ]);
}
