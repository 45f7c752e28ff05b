using System.Reflection;

namespace Parley.Server.Tests;

public sealed class EventIdTests
{
    [Fact]
    public void No_id_is_used_twice()
    {
        var ids = typeof(EventIds).GetFields(BindingFlags.NonPublic | BindingFlags.Static).Select(static field => (int)field.GetRawConstantValue()!).ToArray();

        Assert.Equal(ids.Distinct(), ids);
    }
}
