/**
 * The parts of Vant in use, with their styles; `@yunzhen/ui/vant.css` dresses them afterwards.
 *
 * Rows, fields, the bottom bar and sheets are our own: Vant's cannot be worked by keyboard or are
 * announced as something else (a cell as a button that no key presses, the bottom bar as tabs).
 */
import 'vant/es/style/base.css'
import 'vant/es/loading/index.css'
import 'vant/es/button/index.css'
import 'vant/es/overlay/index.css'
import 'vant/es/popup/index.css'
import 'vant/es/toast/index.css'
import 'vant/es/pull-refresh/index.css'
