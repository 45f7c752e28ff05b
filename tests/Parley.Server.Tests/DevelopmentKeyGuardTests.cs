namespace Parley.Server.Tests;

public sealed class DevelopmentKeyGuardTests
{
    [Theory]
    [InlineData("http://127.0.0.1:8080", false)]
    [InlineData("http://localhost:5000", false)]
    [InlineData("http://[::1]:80", false)]
    [InlineData("http://unix:/run/parley.sock", false)]
    [InlineData("http://0.0.0.0:8080", true)]
    [InlineData("http://[::]:80", true)]
    [InlineData("http://*:80", true)]
    [InlineData("http://+:80", true)]
    [InlineData("https://live.example:443", true)]
    [InlineData("http://192.168.1.7", true)]
    public void Reachable_addresses_are_recognized(string address, bool isOpen) => Assert.Equal(isOpen, DevelopmentKeyGuard.IsOpen(address));
}
