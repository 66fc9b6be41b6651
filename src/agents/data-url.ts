// Images that stand in a transcript as URLs which hold them whole.

const DATA_URL = /^data:([^;,]+);base64,/;

/** What a URL holds; nothing for one that only says where the image is. */
export function inDataUrl(url: unknown): { readonly mediaType?: string; readonly data?: string } {
  const told = typeof url === 'string' ? DATA_URL.exec(url.slice(0, 200)) : null;
  if (typeof url !== 'string' || told?.[1] === undefined) return {};
  return { mediaType: told[1], data: url.slice(told[0].length) };
}
