namespace Parley.TestKit;

public enum WireDirection
{
    ClientToServer,
    ServerToClient,
}
