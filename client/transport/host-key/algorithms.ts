/** A kind of host key, by the type its public key carries, and the signature algorithms accepted with it. */
const FAMILIES = [
  { keyType: "ssh-ed25519", algorithms: ["ssh-ed25519"] },
  { keyType: "ecdsa-sha2-nistp256", algorithms: ["ecdsa-sha2-nistp256"] },
  { keyType: "ecdsa-sha2-nistp384", algorithms: ["ecdsa-sha2-nistp384"] },
  { keyType: "ecdsa-sha2-nistp521", algorithms: ["ecdsa-sha2-nistp521"] },
  // Never `ssh-rsa`, which signs with SHA-1.
  { keyType: "ssh-rsa", algorithms: ["rsa-sha2-512", "rsa-sha2-256"] },
] as const;

export type HostKeyAlgorithm = (typeof FAMILIES)[number]["algorithms"][number];

/**
 * The order in which to ask for host keys: first the kinds that are on record, as OpenSSH does. A server shows one key
 * only, the first kind both sides name; asked in another order, a known server looks like a changed one.
 */
export function hostKeyAlgorithms(
  knownTypes: readonly string[],
  exceptTypes: readonly string[] = [],
): HostKeyAlgorithm[] {
  const wanted = FAMILIES.filter((each) => !exceptTypes.includes(each.keyType));
  const known = wanted.filter((each) => knownTypes.includes(each.keyType));
  const others = wanted.filter((each) => !knownTypes.includes(each.keyType));
  return [...known, ...others].flatMap((each) => [...each.algorithms]);
}
