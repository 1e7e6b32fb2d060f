/** Clusters of sites as trees: each site names another of its cluster, its root itself (Galler and Fischer 1964). */

/** The root of a site's cluster; every second site on the way is moved nearer to it, so that the next way is shorter. */
export function root(parent: Int32Array, site: number): number {
  let at = site;
  while (parent[at] !== at) {
    parent[at] = parent[parent[at]];
    at = parent[at];
  }
  return at;
}
