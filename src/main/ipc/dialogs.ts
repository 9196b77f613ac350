/** The system's dialogs, as far as handlers need them. Each answers null when the person gives nothing. */
export interface Dialogs {
  openTopology(): Promise<string | null>;
  saveTopology(suggestedName: string): Promise<string | null>;
  openIdentity(): Promise<string | null>;
  openArchive(): Promise<string | null>;
  /** Consul for practice hosts: programs and archives. */
  openConsul(): Promise<readonly string[] | null>;
  /** A recovery kit. */
  openKit(): Promise<string | null>;
  /** A CA: its certificate and its key, in one file or two. */
  openCa(): Promise<readonly string[] | null>;
  chooseFolder(): Promise<string | null>;
  saveAs(suggestedName: string, extension: string): Promise<string | null>;
}
