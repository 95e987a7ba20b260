import type { Api } from './routes'
import { ApiError } from './errors'
import type { Bearer } from './http'
import type { NewAccount } from './patient_routes'
import type { FromWechat, PhoneShown, WechatShown } from './sign_in_routes'
import { Store } from './store'
import type { Readable } from './store'
import type { Audience, Me, Preferences, SecondStepAsked, SessionOpened, StaffSessionOpened } from './types'

/** Why nobody is signed in. `over`: ended elsewhere, expired, or withdrawn by the hospital. */
export type SignedOutBecause = 'never' | 'signed_out' | 'over'

export type SessionState =
  | { phase: 'restoring'; me: null; because: null }
  | { phase: 'signed_in'; me: Me; because: null }
  | { phase: 'signed_out'; me: null; because: SignedOutBecause }

/** What tabs of one audience tell each other. */
type TabWord =
  | { word: 'opened'; opened: SessionOpened }
  | { word: 'me'; me: Me }
  | { word: 'ended'; because: SignedOutBecause }

/** The parts of the browser a session leans on; tests bring their own. */
export interface SessionSurroundings {
  channel?: (name: string) => BroadcastChannel | null
  /** One holder at a time over all tabs: a rotating refresh token must not be used twice. */
  exclusively?: <Result>(name: string, act: () => Promise<Result>) => Promise<Result>
  storage?: Storage | null
  now?: () => number
  sleep?: (ms: number) => Promise<void>
}

const RENEW_BEFORE_END_MS = 20_000

/** Who is signed in on this page, with the access token kept in memory only. */
export class Session implements Bearer {
  readonly state: Readable<SessionState>
  private readonly held = new Store<SessionState>({ phase: 'restoring', me: null, because: null })
  private accessToken: string | null = null
  private goodUntil = 0
  private renewing: Promise<string | null> | null = null
  private readonly channel: BroadcastChannel | null
  private readonly surroundings: Required<Omit<SessionSurroundings, 'channel'>>

  constructor(
    readonly audience: Audience,
    private readonly api: Api,
    surroundings: SessionSurroundings = {},
  ) {
    this.state = this.held
    this.surroundings = {
      exclusively: surroundings.exclusively ?? exclusivelyByLock,
      storage: surroundings.storage === undefined ? storageOf(() => globalThis.localStorage) : surroundings.storage,
      now: surroundings.now ?? (() => Date.now()),
      sleep: surroundings.sleep ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms))),
    }
    this.channel = (surroundings.channel ?? openChannel)(`yunzhen.session.${audience}`)
    if (this.channel) this.channel.onmessage = (event: MessageEvent<TabWord>) => this.hear(event.data)
  }

  get me(): Me | null {
    return this.held.get().me
  }

  /** True when the signed-in person holds the permission, for example `visit:answer`. */
  can(permission: string): boolean {
    return this.me?.permissions.includes(permission) ?? false
  }

  /** At page load: takes the session up again by its cookie. Waits out a missing network. */
  async restore(): Promise<SessionState> {
    if (!this.mayHaveSession()) {
      this.end('never', false)
      return this.held.get()
    }
    for (let tries = 0; this.held.get().phase === 'restoring'; tries += 1) {
      try {
        await this.refresh(null)
      } catch {
        await this.surroundings.sleep(Math.min(1000 * 2 ** tries, 15_000))
      }
    }
    return this.held.get()
  }

  async signInAsPatient(phone: string, code: string): Promise<Me> {
    return this.open(await this.api.identity.openPatientSession(phone, code))
  }

  /** A new account; its session begins here. */
  async signUp(account: NewAccount): Promise<Me> {
    return this.open(await this.api.patients.signUp(account))
  }

  /** Back from WeChat: whoever it belongs to is signed in; nobody's waits for a phone. */
  async signInByWechat(back: FromWechat): Promise<WechatShown> {
    const shown = await this.api.signIn.finishWechat(back)
    if (shown.opened) this.open(shown.opened)
    return shown
  }

  /** The phone of whoever came back from WeChat and had no account by it. */
  async signUpByWechat(shown: PhoneShown): Promise<Me> {
    return this.open(await this.api.signIn.showPhone(shown))
  }

  /** The first step of staff: nothing is open yet. */
  showPassword(account: string, password: string): Promise<SecondStepAsked> {
    return this.api.identity.showPassword(account, password)
  }

  /** The second step: the session is there, and begins here with `begin`. */
  showSecondFactor(stepToken: string, code: string): Promise<StaffSessionOpened> {
    return this.api.identity.showSecondFactor(stepToken, code)
  }

  begin(opened: StaffSessionOpened): Me {
    const { recovery_codes: _seen, ...session } = opened // not for the other tabs
    return this.open(session)
  }

  /** Ends this session at the hospital; here it ends even when the hospital cannot be reached. */
  async signOut(): Promise<void> {
    try {
      await this.api.identity.signOut()
    } finally {
      this.end('signed_out', true)
    }
  }

  /** Changes my name or preferences, here and in my other tabs. */
  async change(change: { name?: string; preferences?: Partial<Preferences> }): Promise<Me> {
    const me = await this.api.identity.changeMe(change)
    this.held.set({ phase: 'signed_in', me, because: null })
    this.tell({ word: 'me', me })
    return me
  }

  /** Who I am by now, here and in my other tabs: something else than a change of mine may have changed it. */
  async reread(): Promise<Me> {
    const me = await this.api.identity.me()
    this.held.set({ phase: 'signed_in', me, because: null })
    this.tell({ word: 'me', me })
    return me
  }

  async token(): Promise<string | null> {
    if (!this.accessToken || this.surroundings.now() < this.goodUntil - RENEW_BEFORE_END_MS) return this.accessToken
    return this.renew(this.accessToken)
  }

  /** One refresh at a time, whoever asks; a token that is already newer is simply handed out. */
  async renew(refused: string): Promise<string | null> {
    if (this.accessToken !== refused) return this.accessToken
    this.renewing ??= this.refresh(refused).finally(() => {
      this.renewing = null
    })
    return this.renewing
  }

  close(): void {
    this.channel?.close()
  }

  private async refresh(refused: string | null): Promise<string | null> {
    return this.surroundings.exclusively(`yunzhen.refresh.${this.audience}`, async () => {
      if (this.accessToken !== refused) return this.accessToken // another tab was first
      try {
        this.open(await this.api.identity.refreshSession(this.audience))
      } catch (reason) {
        if (!(reason instanceof ApiError) || reason.status !== 401) throw reason
        this.end(this.held.get().phase === 'restoring' && !this.remembered() ? 'never' : 'over', true)
      }
      return this.accessToken
    })
  }

  private open(opened: SessionOpened): Me {
    this.take(opened)
    this.remember(true)
    this.tell({ word: 'opened', opened })
    return opened.me
  }

  private take(opened: SessionOpened): void {
    this.accessToken = opened.access_token
    this.goodUntil = this.surroundings.now() + opened.expires_in_seconds * 1000
    this.held.set({ phase: 'signed_in', me: opened.me, because: null })
  }

  private end(because: SignedOutBecause, tellTabs: boolean): void {
    this.accessToken = null
    this.goodUntil = 0
    this.remember(false)
    this.held.set({ phase: 'signed_out', me: null, because })
    if (tellTabs) this.tell({ word: 'ended', because })
  }

  private hear(said: TabWord): void {
    if (said.word === 'opened') this.take(said.opened)
    else if (said.word === 'me' && this.me) this.held.set({ phase: 'signed_in', me: said.me, because: null })
    else if (said.word === 'ended' && this.held.get().phase !== 'signed_out') this.end(said.because, false)
  }

  private tell(word: TabWord): void {
    this.channel?.postMessage(word)
  }

  /** Without storage we cannot know, so we ask. */
  private mayHaveSession(): boolean {
    return this.surroundings.storage === null || this.remembered()
  }

  private remembered(): boolean {
    return this.surroundings.storage?.getItem(this.mark) === 'yes'
  }

  private remember(signedIn: boolean): void {
    if (signedIn) this.surroundings.storage?.setItem(this.mark, 'yes')
    else this.surroundings.storage?.removeItem(this.mark)
  }

  /** Says only that a cookie may exist, so that strangers are not asked for one. */
  private get mark(): string {
    return `yunzhen.signed_in.${this.audience}`
  }
}

function openChannel(name: string): BroadcastChannel | null {
  return typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(name)
}

/** Storage, or null where the browser forbids it. */
export function storageOf<Kept>(read: () => Kept | undefined): Kept | null {
  try {
    return read() ?? null
  } catch {
    return null
  }
}

async function exclusivelyByLock<Result>(name: string, act: () => Promise<Result>): Promise<Result> {
  const locks = globalThis.navigator?.locks
  if (!locks) return act()
  return (await locks.request(name, act)) as Result
}
