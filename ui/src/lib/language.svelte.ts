// The page's own words in the reader's language. Sentences about decisions come from the house.
import type { Language } from './api/types.ts';
import type en from './locales/en.json';

export type Key = keyof typeof en;
type Texts = Record<Key, string>;

const memory = 'bitgrid.language';

const load: Record<Language, () => Promise<{ default: Texts }>> = {
    de: () => import('./locales/de.json'),
    en: () => import('./locales/en.json'),
};

class Words {
    language = $state<Language>('en');
    texts = $state.raw<Texts | null>(null);

    async choose(language: Language) {
        const { default: texts } = await load[language]();
        this.language = language;
        this.texts = texts;
        document.documentElement.lang = language;
    }
}

const words = new Words();

export const language = (): Language => words.language;

export async function chooseLanguage(choice: Language) {
    localStorage.setItem(memory, choice);
    await words.choose(choice);
}

export async function startLanguage() {
    const kept = localStorage.getItem(memory);
    const spoken = navigator.language.toLowerCase().startsWith('de') ? 'de' : 'en';
    await words.choose(kept === 'de' || kept === 'en' ? kept : spoken);
}

export function t(key: Key, slots: Record<string, string> = {}): string {
    return (words.texts?.[key] ?? key).replace(/\{(\w+)\}/g, (whole, name: string) => slots[name] ?? whole);
}

/** Whether the page has words for it. */
export const has = (key: string): boolean => words.texts !== null && key in words.texts;

/** A name that the house made up, with a text where there is one: a signal, a rule, a limit. */
export function named(family: 'signal' | 'measure' | 'part' | 'limit', name: string): string {
    return words.texts?.[`${family}.${name}` as Key] ?? name;
}
