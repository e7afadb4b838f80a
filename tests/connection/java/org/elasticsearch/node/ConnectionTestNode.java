// Copyright (c) mlops.elastic contributors (@mlops-elastic)
// SPDX-License-Identifier: GPL-3.0-or-later
package org.elasticsearch.node;

import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.KeyStoreWrapper;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.http.HttpServerTransport;
import org.elasticsearch.plugins.ClassPathPlugins;
import org.elasticsearch.plugins.PluginsLoader;
import org.elasticsearch.plugins.PluginsService;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * One node that lives as long as its standard input is open, so that it never outlives the tests.
 *
 * Arguments: its folder, then the classes of its plugins. The password of the user elastic comes from ELASTIC_PASSWORD.
 * It is in this package because the way to give a node its plugins is open to the package only.
 */
public final class ConnectionTestNode {
    private static final char[] NO_PASSWORD = new char[0];

    public static void main(String[] arguments) throws Exception {
        Path home = Path.of(arguments[0]);
        List<String> plugins = List.of(arguments).subList(1, arguments.length);
        LogConfigurator.registerErrorListener();
        LogConfigurator.configureESLogging();
        LogConfigurator.setNodeName("connection-test");
        try (Node node = new Node(construct(environment(home), plugins))) {
            node.start();
            var address = node.injector().getInstance(HttpServerTransport.class).boundAddress().publishAddress();
            System.out.println("listening on " + address.getAddress() + ":" + address.getPort());
            while (System.in.read() >= 0) {
                continue;
            }
        }
        System.exit(0);
    }

    private static Environment environment(Path home) throws Exception {
        Path config = home.resolve("config");
        try (KeyStoreWrapper made = KeyStoreWrapper.create()) {
            made.setString("bootstrap.password", System.getenv("ELASTIC_PASSWORD").toCharArray());
            made.save(config, NO_PASSWORD);
        }
        KeyStoreWrapper secrets = KeyStoreWrapper.load(config);
        secrets.decrypt(NO_PASSWORD);
        Settings settings = Settings.builder().put("path.home", home).setSecureSettings(secrets).build();
        return InternalSettingsPreparer.prepareEnvironment(settings, Map.of(), config, () -> "connection-test");
    }

    private static NodeConstruction construct(Environment environment, List<String> plugins) {
        return NodeConstruction.prepareConstruction(environment, null, new NodeServiceProvider() {
            @Override
            PluginsService newPluginService(Environment prepared, PluginsLoader unused) {
                return new ClassPathPlugins(prepared, plugins);
            }
        }, true);
    }
}
