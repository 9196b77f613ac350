import type { Locator, Page } from 'playwright';

/** The welcome screen and its dialogs. */
export class WelcomePage {
  constructor(private readonly page: Page) {}

  template(name: 'one' | 'three' | 'tutorial' | 'five' | 'two-datacenters'): Locator {
    return this.page.getByTestId(`template-${name}`);
  }

  get open(): Locator {
    return this.page.getByTestId('welcome-open');
  }

  get recovery(): Locator {
    return this.page.getByTestId('recovery');
  }

  /** Makes a document from a template, with addresses as far as they are given. */
  async create(
    name: Parameters<WelcomePage['template']>[0],
    cluster: string,
    addresses: readonly string[] = [],
    options: { readonly secure?: boolean } = {},
  ): Promise<void> {
    await this.template(name).click();
    const dialog = this.page.getByRole('dialog');
    await dialog.getByLabel(/Name of the cluster|集群名称/).fill(cluster);
    for (const [i, address] of addresses.entries())
      await dialog.getByLabel(new RegExp(`Address of host ${i + 1}|第 ${i + 1} 台`)).fill(address);
    if (options.secure === false) await this.page.getByTestId('template-secure').setChecked(false);
    await this.page.getByTestId('create').click();
    await dialog.waitFor({ state: 'hidden' });
  }
}
