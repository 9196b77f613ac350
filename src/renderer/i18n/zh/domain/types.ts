/** English sentences of the domain with their Chinese; `{}` stands for a value, `{0}` for the first one. */
export type Sentences = readonly (readonly [english: string, chinese: string])[];
