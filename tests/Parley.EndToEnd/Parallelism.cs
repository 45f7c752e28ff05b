// The tests mostly wait for audio in real time, so more of them than there are cores may run at once.
[assembly: Xunit.v3.Parallelization(MaxThreads = 4)]
