import { createRoot } from 'react-dom/client'
import { App } from './App'
import { Desk } from './state/desk'
import './style/tokens.css'
import './style/base.css'
import './style/controls.css'
import './style/frame.css'
import './style/interaction.css'
import './style/story.css'
import './style/dialogs.css'
import './style/supervisor.css'
import './style/wallboard.css'
import './style/narrow.css'
import './style/page.css'
import './style/forced.css'
import { Telephone } from './telephone/telephone'

const root = document.getElementById('app')
if (root === null) throw new Error('index.html has no #app.')
const desk = new Desk()
createRoot(root).render(<App desk={desk} telephone={new Telephone()} />)
void desk.begin()
