/** Pictures of the app's window as a person sees it. */
import { writeFileSync } from 'node:fs';

/**
 * The whole window with what lies over its page: Consul's own UI is a view of its own, which a picture
 * of the page alone does not show.
 * @param {import('playwright').ElectronApplication} app
 * @param {string} path where the PNG goes
 */
export async function pictureOfWindow(app, path) {
  const png = await app.evaluate(async ({ BrowserWindow, nativeImage }) => {
    const [window] = BrowserWindow.getAllWindows();
    const page = await window.webContents.capturePage();
    const { width, height } = page.getSize();
    const pixels = Buffer.from(page.toBitmap());
    for (const view of window.contentView.children) {
      if (view.webContents === undefined || view.webContents === window.webContents) continue;
      const { x, y } = view.getBounds();
      const over = await view.webContents.capturePage();
      const size = over.getSize();
      const rows = over.toBitmap();
      const columns = Math.min(size.width, width - x);
      for (let row = 0; row < size.height && y + row < height; row += 1)
        rows.copy(
          pixels,
          ((y + row) * width + x) * 4,
          row * size.width * 4,
          (row * size.width + columns) * 4,
        );
    }
    return nativeImage.createFromBitmap(pixels, { width, height }).toPNG().toString('base64');
  });
  writeFileSync(path, Buffer.from(png, 'base64'));
}

/** Consul's own UI, once it is in the window. */
export async function consulUi(app) {
  const find = () => app.windows().find((one) => one.url().startsWith('raftyard-consul:'));
  return find() ?? (await app.waitForEvent('window', { predicate: () => find() !== undefined }).then(find));
}
