import type { components } from './api'
import type { Http, Query } from './http'
import type { Terminal } from './organisation_routes'
import type { Page, PageQuery } from './types'

type Schemas = components['schemas']

/** One side of a card as it was read, with what speaks against the picture. */
export type CardReading = Schemas['CardReadingView']
export type CardSide = CardReading['side']
/** What is to be done before the camera, in this order, within a minute. */
export type FaceCheck = Schemas['FaceCheckView']
export type FaceAction = FaceCheck['actions'][number]
export type FaceVerdict = Schemas['FaceVerdictView']
/** Frames and both sides of the card; whose staff look where there is doubt, or which system's request it answers. */
export type ShownFace = Schemas['AnswerFaceCheck']
/** What another system asked for, as its person sees it. */
export type FaceRequest = Schemas['FaceRequestView']
/** A check in doubt that waits for staff; its pictures are asked for one by one, and each look is logged. */
export type DoubtfulFace = Schemas['DoubtfulFaceRow']
export type FacePictures = Schemas['FacePictures']
export type ReviewedFace = Schemas['ReviewedFace']
/** What a measurement of the comparison said. */
export type FaceReport = Schemas['FaceReportView']
export type FaceFigures = Schemas['Figures']

/** The routes of cards before a camera, and of faces. Pictures are JPEGs in base64. */
export function createPicturesApi(http: Http) {
  const post = <Answer>(path: string, body: object) => http.request<Answer>({ method: 'POST', path, body })
  const doubtful = (id: string) => `/identity/face-reviews/${encodeURIComponent(id)}`
  return {
    readCard: (side: CardSide, picture: string) =>
      post<CardReading>('/identity/id-card-readings', { side, picture }),
    drawFaceCheck: () => post<FaceCheck>('/identity/face-checks', {}),
    answerFaceCheck: (id: string, shown: ShownFace) =>
      post<FaceVerdict>(`/identity/face-checks/${encodeURIComponent(id)}/answer`, shown),
    openFaceRequest: (id: string, code: string, terminal: Terminal) =>
      post<FaceRequest>(`/identity/face-requests/${encodeURIComponent(id)}/open`, { code, terminal }),
    doubtful: (query: PageQuery = {}) =>
      http.request<Page<DoubtfulFace>>({ method: 'GET', path: '/identity/face-reviews', query: query as Query }),
    ofDoubtful: (id: string) => http.request<FacePictures>({ method: 'GET', path: `${doubtful(id)}/pictures` }),
    judgeFace: (id: string, same: boolean, key: string) =>
      http.request<ReviewedFace>({ method: 'POST', path: doubtful(id), body: { same }, key }),
  }
}

export type PicturesApi = ReturnType<typeof createPicturesApi>
