/** A session that this browser shared; the secret deletes it. */
export interface Share {
  id: string;
  secret: string;
  expires: string;
}

export const linkOf = ({ id }: Share): string => `${location.origin}${location.pathname}#/shared/${id}`;

/** The id in an address such as `#/shared/ID`. */
export const sharedIn = (hash: string): string | undefined => /^#\/shared\/([\w-]+)$/.exec(hash)?.[1];
