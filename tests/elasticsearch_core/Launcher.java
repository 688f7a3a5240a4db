import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.node.InternalSettingsPreparer;
import org.elasticsearch.node.Node;
import org.elasticsearch.plugins.PluginsLoader;

/** Starts one real Elasticsearch node on 127.0.0.1. Arguments: home folder (with modules), file to write the port to. */
public class Launcher {
    public static void main(String[] arguments) throws Exception {
        Path home = Path.of(arguments[0]).toAbsolutePath();
        Path portFile = Path.of(arguments[1]);
        for (String folder : new String[] {"config", "modules", "plugins"}) {
            Files.createDirectories(home.resolve(folder));
        }
        Settings settings = Settings.builder()
            .put("path.home", home.toString())
            .put("cluster.name", "newswire-test")
            .put("node.name", "test-0")
            .put("discovery.type", "single-node")
            .put("network.host", "127.0.0.1")
            .put("http.port", "0")
            .put("transport.port", "0")
            .put("cluster.routing.allocation.disk.threshold_enabled", false)
            .put("action.destructive_requires_name", false)
            .build();
        LogConfigurator.configureESLogging();
        Environment environment = InternalSettingsPreparer.prepareEnvironment(
            settings, Map.of(), home.resolve("config"), () -> "test-0");
        LogConfigurator.setNodeName("test-0");
        PluginsLoader plugins = PluginsLoader.createPluginsLoader(
            Modules.in(home.resolve("modules")), Set.of(), Map.of(), false);
        Node node = new Node(environment, plugins);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                node.close();
            } catch (Exception problem) {
                problem.printStackTrace();
            }
        }));
        node.start();
        int port = node.injector().getInstance(org.elasticsearch.http.HttpServerTransport.class)
            .boundAddress().publishAddress().getPort();
        Path fresh = portFile.resolveSibling("port.new");
        Files.writeString(fresh, Integer.toString(port));
        Files.move(fresh, portFile, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        Thread.currentThread().join();
    }
}
