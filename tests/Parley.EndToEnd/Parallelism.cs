// The tests wait for speech at the speed of speech more than they compute: more of them than there are cores may run at once.
[assembly: Xunit.v3.Parallelization(MaxThreads = 4)]
