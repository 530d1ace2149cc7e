// The addresses of the servers.
Vue.prototype.settings = {
	api: "/api",
	socket_server: "",
	socket_namespace: "/mofang",
	home: "/",
	login: { name: "login", url: "login.html" },
};
