/** Where does the frame of the trap page start? */
import { startSite } from '../shell/start-site.tsx'
import { TrapsPage } from './traps-page.tsx'

startSite('/traps', TrapsPage)
