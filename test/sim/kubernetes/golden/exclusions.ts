/** A difference from the recordings that is meant, and why. One that no longer occurs fails the test. */
export interface Exclusion {
  /** Recordings it holds for. */
  files: RegExp;
  difference: RegExp;
  because: string;
}

export const exclusions: readonly Exclusion[] = [
  {
    files: /^12-/,
    difference: /^body\.resources\[(bindings|componentstatuses|nodes\/proxy|pods\/(attach|exec|log|portforward|proxy)|replicationcontrollers.*|services\/proxy)\]: missing$/,
    because: 'resources that need a running container, or that nobody uses any more, are not simulated',
  },
  { files: /^12-/, difference: /storageVersionHash: missing$/, because: 'a hash of how a real server encodes objects; clients only compare it with itself' },
  { files: /./, difference: /managedFields\[\]\.subresource: not in the recording$/, because: 'managedFields name the subresource since 1.22; the recordings are of 1.20' },
  { files: /^(45|49|71|72|77|x7|94)-/, difference: /metadata\.managedFields: missing$/, because: 'ownership is not tracked for pods and events that controllers make: nobody applies those' },
  { files: /./, difference: /spec\.(volumes|containers\[c\]\.volumeMounts): missing$/, because: 'up to 1.23 every pod mounted a token Secret; the simulated release is newer and mounts nothing' },
  { files: /^(45|49|71|72|77)-/, difference: /metadata\.annotations: not in the recording$/, because: "the replay's own annotation, which makes pods become Ready late" },
  { files: /^76-/, difference: /^frame ADDED\.object\.metadata\.annotations: not in the recording$/, because: "kubeadm's annotation of the container runtime; the recorded node had not been joined by kubeadm" },
  { files: /^76-/, difference: /^frame ADDED\.object\.status\.conditions\[Ready\]\.(status: True|reason: KubeletReady) became/, because: 'the recorded node claimed to be Ready when it registered; a real one is not before its network is up' },
  { files: /^7[67]-/, difference: /^frame BOOKMARK\.object\.(spec|status): missing$/, because: 'the zero values of a Go structure, which mean nothing' },
  { files: /^x[14]-/, difference: /metadata\.labels: not in the recording$/, because: 'namespaces carry their name as a label since 1.21' },
  { files: /^93-/, difference: /taints\[\]\.effect: NoSchedule became NoExecute$/, because: 'the NoExecute taint follows after 5 s of a grace of 40; with the grace of 1 s here it is already there' },
];

/** Recordings that are not replayed, and why. */
export const notReplayed: Record<string, string> = {
  'r1-watch-cut-by-sigterm': 'records how long a real process takes to end, not an answer',
  'r3-readyz-while-starting': 'records the order in which a real server starts its parts; the simulated one is up at once',
};
