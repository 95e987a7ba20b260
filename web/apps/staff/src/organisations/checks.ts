/** Whether what was typed may be sent: as the hospital itself asks it. */
export const isCode = (text: string) => /^[A-Za-z0-9_.-]{1,40}$/.test(text)
export const isOrganisationName = (text: string) => text.trim().length >= 2 && text.trim().length <= 60
export const isDepartmentName = (text: string) => text.trim().length >= 1 && text.trim().length <= 40
