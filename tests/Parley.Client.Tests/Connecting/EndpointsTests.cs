using Parley.Client.Connecting;

namespace Parley.Client.Tests.Connecting;

public class EndpointsTests
{
    private const string Live = "ws/google.ai.generativelanguage.v1.GenerativeService.BidiGenerateContent";

    [Theory]
    [InlineData("https://generativelanguage.googleapis.com/", "wss://generativelanguage.googleapis.com/" + Live, "https://generativelanguage.googleapis.com/v1/models")]
    [InlineData("http://127.0.0.1:8080", "ws://127.0.0.1:8080/" + Live, "http://127.0.0.1:8080/v1/models")]
    [InlineData("ws://localhost:80/gate/", "ws://localhost/gate/" + Live, "http://localhost/gate/v1/models")]
    [InlineData("wss://host:8443/a/b", "wss://host:8443/a/b/" + Live, "https://host:8443/a/b/v1/models")]
    public void Every_scheme_and_path_gives_the_socket_and_HTTP_addresses(string baseAddress, string live, string rest)
    {
        var endpoints = new Endpoints(new Uri(baseAddress), "v1");

        Assert.Equal(live, endpoints.Live(constrained: false, null).ToString());
        Assert.Equal(live + "Constrained?key=a%2Fb", endpoints.Live(constrained: true, "key=a%2Fb").AbsoluteUri);
        Assert.Equal(rest, endpoints.Rest("models", null).ToString());
    }
}
