/** Where does the frame of the trace page start? */
import { startSite } from '../shell/start-site.tsx'
import { TracePage } from './trace-page.tsx'

startSite('/trace', TracePage)
