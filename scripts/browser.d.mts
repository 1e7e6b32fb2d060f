/** Types of browser.mjs, for the tests. */
export function workerText(source?: string): Promise<string>;
export function browserParts(): Promise<Record<string, string>>;
