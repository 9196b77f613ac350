import '@fontsource-variable/inter/index.css';
import '@fontsource/jetbrains-mono/400.css';
import '@mantine/core/styles.css';
import '@xyflow/react/dist/style.css';
import './ui/tokens.css';
import './ui/base.css';
import { createRoot } from 'react-dom/client';
import { App } from './app/App.js';
import { startApp } from './app/start.js';
import { Themed } from './ui/Themed.js';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');

await startApp();
createRoot(root).render(
  <Themed>
    <App />
  </Themed>,
);
