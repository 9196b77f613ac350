import type { Locator, Page } from 'playwright';

export type ViewName = 'Topology' | 'Plan' | 'Services' | 'Consul UI' | 'Logs' | 'Export';

/** The window with a document: rail, top bar, canvas. */
export class MainPage {
  constructor(readonly page: Page) {}

  get health(): Locator {
    return this.page.getByTestId('health');
  }

  node(name: string): Locator {
    return this.page.getByTestId(`node-card-${name}`);
  }

  async show(view: ViewName): Promise<void> {
    await this.page.getByRole('navigation', { name: 'Raftyard' }).getByRole('button', { name: view }).click();
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('banner').getByRole('button', { name });
  }

  /** Plans, and waits for the new plan on the screen: one made before stays there until then. */
  async plan(): Promise<void> {
    await this.button(/^Plan/).click();
    await this.page.getByTestId('looking').waitFor({ state: 'detached', timeout: 60_000 });
    await this.page.getByTestId('plan-counts').waitFor({ timeout: 60_000 });
  }

  /** Ticks all that wants a yes, applies, and waits for the end. @throws where the run does not begin, with what is said */
  async apply(): Promise<string> {
    for (const box of await this.page.getByRole('checkbox', { name: 'I have read this' }).all())
      await box.check();
    await this.page.getByTestId('apply-button').click();
    return await this.ended();
  }

  /** Waits for the end of a run, and gives its result. @throws where it ends without one, with what is said instead */
  async ended(): Promise<string> {
    const summary = this.page.getByTestId('summary');
    const refused = this.page.getByTestId('run-error');
    const cancelled = this.page.getByText('Cancelled. Nothing more is done');
    try {
      await summary.or(refused).or(cancelled).first().waitFor({ timeout: 180_000 });
    } catch (error) {
      throw new Error(`the run does not end: ${await this.page.locator('main').first().textContent()}`, {
        cause: error,
      });
    }
    if ((await refused.count()) > 0) throw new Error(`not applied: ${await refused.textContent()}`);
    if ((await summary.count()) === 0) return 'cancelled';
    return (await summary.getAttribute('data-result')) ?? '';
  }
}
