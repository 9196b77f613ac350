import { openFile } from './files.js';

const carriesFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true;

/** A topology file that is dropped anywhere on the window is opened. */
export function listenToDrops(): void {
  window.addEventListener('dragover', (event) => {
    if (!carriesFiles(event) || event.dataTransfer === null) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'copy';
  });
  window.addEventListener('drop', (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    const [file] = event.dataTransfer?.files ?? [];
    const path = file === undefined ? '' : window.raftyard.pathOf(file);
    if (path !== '') void openFile(path);
  });
}
