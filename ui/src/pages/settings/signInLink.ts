// A link that signs somebody in once.
import { makeSignInLink } from "@/api/users";
import { LINK_SECONDS } from "@/pages/settings/roles";

export interface MadeLink {
  user: string;
  address: string;
}

export async function linkFor(user: string): Promise<MadeLink> {
  const { path } = await makeSignInLink(user, LINK_SECONDS);
  return { user, address: `${window.location.origin}${path}` };
}
