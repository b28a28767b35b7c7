import { mount } from 'svelte';
import App from './App.svelte';
import './app.css';
import { startLanguage } from './lib/language.svelte.ts';

await startLanguage();
mount(App, { target: document.getElementById('app')! });
