/** Hands a file to the browser's downloads under its name. False: its address could not be had. */
export async function saveFrom(address: () => Promise<string>, name: string): Promise<boolean> {
  try {
    const link = document.createElement('a')
    link.href = await address()
    link.download = name
    link.rel = 'noopener'
    document.body.append(link)
    link.click()
    link.remove()
    return true
  } catch {
    return false
  }
}
