// Generated from openapi.json by scripts/generate.mjs; never edited.
export interface paths {
    "/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Versions of this API */
        get: operations["listVersions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Resources of version 1 */
        get: operations["getVersion1"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthcheck": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether this process can serve */
        get: operations["healthcheck"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/clustertemplates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Cluster templates of the project, and public ones */
        get: operations["listClusterTemplates"];
        put?: never;
        /** Makes a cluster template */
        post: operations["createClusterTemplate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/clustertemplates/detail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The same as the list */
        get: operations["listClusterTemplatesInDetail"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/clustertemplates/{template}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One cluster template, by uuid or name */
        get: operations["getClusterTemplate"];
        put?: never;
        post?: never;
        /** Removes a cluster template that no cluster uses */
        delete: operations["deleteClusterTemplate"];
        options?: never;
        head?: never;
        /** Changes a cluster template (JSON Patch) */
        patch: operations["updateClusterTemplate"];
        trace?: never;
    };
    "/v1/clusters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Clusters of the project (of all projects for admins) */
        get: operations["listClusters"];
        put?: never;
        /** Accepts a new cluster */
        post: operations["createCluster"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/clusters/detail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The same with all fields */
        get: operations["listClustersInDetail"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/clusters/{cluster}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One cluster, by uuid or name */
        get: operations["getCluster"];
        put?: never;
        post?: never;
        /**
         * Accepts the deletion of a cluster, in any state
         * @description Load balancers and volumes that the cluster made go with it. While a delete waits or runs, another one adds its query parameters to it and changes nothing else.
         */
        delete: operations["deleteCluster"];
        options?: never;
        head?: never;
        /** Changes a cluster (JSON Patch) */
        patch: operations["updateCluster"];
        trace?: never;
    };
    "/v1/clusters/{cluster}/plan/delete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a delete with these query parameters would remove; changes nothing */
        get: operations["planClusterDeletion"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/certificates/{cluster}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A cluster's CA certificate */
        get: operations["getCertificate"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/certificates/{cluster}/{type}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One of a cluster's CA certificates: kubernetes, etcd or front-proxy */
        get: operations["getCertificateOfType"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/certificates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Signs a certificate request with a cluster's CA */
        post: operations["signCertificate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/clusters/{cluster}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * History of a cluster as it grows (server-sent events)
         * @description Begins with the whole history, or after the event of header Last-Event-ID. Data are Event objects in JSON. Ends with an event `end` when the cluster is gone, and without one when the token expires or the service stops: connect again then.
         */
        get: operations["watchCluster"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/clusters/{cluster}/actions/resize": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Gives a node group another number of nodes, or replaces named ones */
        post: operations["resizeCluster"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/clusters/{cluster}/actions/replace-node": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Replaces nodes by new ones: workers get theirs first, slots of the control plane one after the other */
        post: operations["replaceNodes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/clusters/{cluster}/plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What an action would do, node by node, what it needs, and what stands in its way; changes nothing */
        post: operations["planChange"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/clusters/{cluster}/nodegroups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Node groups of a cluster, from microversion 1.9 on */
        get: operations["listNodeGroups"];
        put?: never;
        /** Accepts a new group of workers */
        post: operations["createNodeGroup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/clusters/{cluster}/nodegroups/{nodegroup}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One node group, by uuid, name or id */
        get: operations["getNodeGroup"];
        put?: never;
        post?: never;
        /** Accepts the deletion of a group; its nodes are drained first. The default groups stay */
        delete: operations["deleteNodeGroup"];
        options?: never;
        head?: never;
        /** Changes a group's limits, Kubernetes labels and taints (JSON Patch) */
        patch: operations["updateNodeGroup"];
        trace?: never;
    };
    "/v1/clusters/{cluster}/nodes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Nodes of a cluster: phase, reason, addresses */
        get: operations["listNodes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/clusters/{cluster}/operations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Operations of a cluster, oldest first */
        get: operations["listOperations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operations/{operation}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One operation: where it is, why it waits, what to do */
        get: operations["getOperation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operations/{operation}/actions/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Tries a failed operation again */
        post: operations["retryOperation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operations/{operation}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The whole history of an operation, oldest first: what was done to which node, and why */
        get: operations["listOperationEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operations/{operation}/actions/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Has a change of a cluster rest, at the end of its turn, until it is resumed; nodes that were being emptied are opened again */
        post: operations["pauseOperation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operations/{operation}/actions/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Has a paused operation go on from what there is by then */
        post: operations["resumeOperation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operations/{operation}/actions/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ends a change of a cluster and accepts what it has done so far; also one that is paused or has failed */
        post: operations["cancelOperation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operations/{operation}/actions/skip-node": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Has an operation leave one node as it is */
        post: operations["skipNode"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/clusters/{cluster}/actions/upgrade": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Brings a cluster to another template, node by node */
        post: operations["upgradeCluster"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Versions: {
            name: string;
            description: string;
            versions: {
                id: string;
                /** @enum {string} */
                status: "CURRENT" | "SUPPORTED";
                min_version: string;
                max_version: string;
                links: components["schemas"]["Link"][];
            }[];
        };
        Link: {
            href: string;
            /** @enum {string} */
            rel: "self" | "bookmark";
        };
        Version1: {
            id: string;
            media_types: {
                base: string;
                type: string;
            }[];
            links: {
                href: string;
                rel: string;
                type?: string;
            }[];
            clustertemplates: components["schemas"]["Link"][];
            clusters: components["schemas"]["Link"][];
            quotas: components["schemas"]["Link"][];
            certificates: components["schemas"]["Link"][];
            mservices: components["schemas"]["Link"][];
            stats: components["schemas"]["Link"][];
            federations: components["schemas"]["Link"][];
            credentials: components["schemas"]["Link"][];
            nodegroups: components["schemas"]["Link"][];
        };
        Health: {
            detailed: boolean;
            reasons: string[];
        };
        ClusterTemplateList: {
            clustertemplates: components["schemas"]["ClusterTemplate"][];
            next?: string;
        };
        ClusterTemplate: {
            uuid: string;
            name: string | null;
            coe: string;
            image_id: string;
            flavor_id: string | null;
            master_flavor_id: string | null;
            dns_nameserver: string | null;
            keypair_id: string | null;
            external_network_id: string | null;
            fixed_network: string | null;
            fixed_subnet: string | null;
            network_driver: string | null;
            apiserver_port: number | null;
            docker_volume_size: number | null;
            cluster_distro: string | null;
            links: components["schemas"]["Link"][];
            http_proxy: string | null;
            https_proxy: string | null;
            no_proxy: string | null;
            volume_driver: string | null;
            registry_enabled: boolean;
            labels: {
                [key: string]: string;
            };
            tls_disabled: boolean;
            public: boolean;
            server_type: string;
            insecure_registry: string | null;
            docker_storage_driver: string | null;
            master_lb_enabled: boolean;
            floating_ip_enabled: boolean;
            project_id: string;
            user_id: string;
            hidden: boolean;
            tags: string | null;
            driver: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string | null;
        };
        ClusterTemplateCreate: {
            /** Format: uuid */
            uuid?: string | null;
            name?: string | null;
            /**
             * @description Kind of cluster
             * @enum {string}
             */
            coe: "kubernetes";
            /** @description Name or id of an image with property os_distro */
            image_id: string;
            /** @description Name or id of the flavor of workers */
            flavor_id?: string | null;
            /** @description Name or id of the flavor of control-plane nodes */
            master_flavor_id?: string | null;
            /** @description Nova keypair whose public key goes onto the nodes; looked up when a cluster is created */
            keypair_id?: string | null;
            /** @description Name or id of an external network */
            external_network_id?: string | null;
            /** @description Existing network to use, instead of a new one */
            fixed_network?: string | null;
            /** @description Existing subnet to use */
            fixed_subnet?: string | null;
            dns_nameserver?: string | null;
            /** @description flannel or calico; flannel by default */
            network_driver?: string | null;
            /** @description cinder */
            volume_driver?: string | null;
            /** @enum {string|null} */
            server_type?: "vm" | "bm" | null;
            /** @description GiB */
            docker_volume_size?: number | null;
            docker_storage_driver?: string | null;
            apiserver_port?: number | null;
            /** @description URL of the proxy that nodes reach http:// through */
            http_proxy?: string | null;
            /** @description URL of the proxy that nodes reach https:// through */
            https_proxy?: string | null;
            /** @description Comma-separated names, domains, addresses and ranges that are reached without a proxy */
            no_proxy?: string | null;
            /** @description Registry, as host[:port], whose certificate nodes do not check */
            insecure_registry?: string | null;
            labels?: {
                [key: string]: string | number | boolean;
            } | null;
            /** @description Comma-separated words */
            tags?: string | null;
            tls_disabled?: boolean | null;
            registry_enabled?: boolean | null;
            /** @description Visible to all projects (admins only) */
            public?: boolean | null;
            /** @description Left out for others and not usable by members (admins only) */
            hidden?: boolean | null;
            /** @description Whether an Octavia load balancer stands before the Kubernetes API; false by default */
            master_lb_enabled?: boolean | null;
            /** @description true by default */
            floating_ip_enabled?: boolean | null;
            /** @description Ignored on create: taken from the image's os_distro */
            cluster_distro?: string | null;
            /** @description Name of the driver; chosen by image and coe when absent */
            driver?: string | null;
        };
        JsonPatch: {
            /** @enum {string} */
            op: "add" | "replace" | "remove";
            path: string;
            value?: (string | number | boolean) | null;
        }[];
        ClusterList: {
            clusters: components["schemas"]["ClusterSummary"][];
            next?: string;
        };
        ClusterSummary: {
            uuid: string;
            name: string;
            cluster_template_id: string;
            keypair: string | null;
            node_count: number;
            master_count: number;
            docker_volume_size: number | null;
            labels: {
                [key: string]: string;
            };
            flavor_id: string | null;
            master_flavor_id: string | null;
            create_timeout: number | null;
            /** @enum {string} */
            status: "CREATE_IN_PROGRESS" | "CREATE_COMPLETE" | "CREATE_FAILED" | "UPDATE_IN_PROGRESS" | "UPDATE_COMPLETE" | "UPDATE_FAILED" | "DELETE_IN_PROGRESS" | "DELETE_COMPLETE" | "DELETE_FAILED";
            health_status: string | null;
            /** @description Infra stack */
            stack_id: string | null;
            /** @description The same, from microversion 1.13 on */
            cluster_id?: string | null;
            links: components["schemas"]["Link"][];
            merge_labels: boolean;
        };
        ClusterDetailList: {
            clusters: components["schemas"]["Cluster"][];
            next?: string;
        };
        Cluster: {
            uuid: string;
            name: string;
            cluster_template_id: string;
            keypair: string | null;
            node_count: number;
            master_count: number;
            docker_volume_size: number | null;
            labels: {
                [key: string]: string;
            };
            flavor_id: string | null;
            master_flavor_id: string | null;
            create_timeout: number | null;
            /** @enum {string} */
            status: "CREATE_IN_PROGRESS" | "CREATE_COMPLETE" | "CREATE_FAILED" | "UPDATE_IN_PROGRESS" | "UPDATE_COMPLETE" | "UPDATE_FAILED" | "DELETE_IN_PROGRESS" | "DELETE_COMPLETE" | "DELETE_FAILED";
            health_status: string | null;
            /** @description Infra stack */
            stack_id: string | null;
            /** @description The same, from microversion 1.13 on */
            cluster_id?: string | null;
            links: components["schemas"]["Link"][];
            merge_labels: boolean;
            status_reason: string | null;
            health_status_reason: {
                [key: string]: string;
            };
            discovery_url: string | null;
            api_address: string | null;
            coe_version: string | null;
            container_version: string | null;
            project_id: string;
            user_id: string;
            node_addresses: string[];
            master_addresses: string[];
            fixed_network: string | null;
            fixed_subnet: string | null;
            floating_ip_enabled: boolean;
            master_lb_enabled: boolean;
            labels_overridden: {
                [key: string]: string;
            };
            labels_added: {
                [key: string]: string;
            };
            labels_skipped: {
                [key: string]: string;
            };
            /** @description Node group to reason, when the cluster failed */
            faults?: {
                [key: string]: string;
            };
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string | null;
        };
        ClusterCreate: {
            /** @description Made up when absent; not unique */
            name?: string | null;
            /** @description uuid or name of a cluster template */
            cluster_template_id: string;
            /** @description Nova keypair whose public key goes onto the nodes; the template's by default */
            keypair?: string | null;
            /** @description Workers, 1 by default; 0 from microversion 1.10 on */
            node_count?: number;
            /** @description Control-plane nodes: 1, 3 or 5, 1 by default; more than one needs master_lb_enabled */
            master_count?: number;
            /** @description GiB */
            docker_volume_size?: number | null;
            labels?: {
                [key: string]: string | number | boolean;
            } | null;
            /** @description Overlay the template's labels instead of replacing them */
            merge_labels?: boolean | null;
            flavor_id?: string | null;
            master_flavor_id?: string | null;
            /** @description Minutes, 60 by default; 0 and null mean the service's own limit */
            create_timeout?: number | null;
            discovery_url?: string | null;
            fixed_network?: string | null;
            fixed_subnet?: string | null;
            /** @description Whether nodes and API have floating addresses; the template's by default */
            floating_ip_enabled?: boolean | null;
            /** @description Whether an Octavia load balancer stands before the Kubernetes API; the template's by default */
            master_lb_enabled?: boolean | null;
            /**
             * @deprecated
             * @description Accepted and ignored
             */
            uuid?: unknown;
            /**
             * @deprecated
             * @description Accepted and ignored
             */
            status?: unknown;
            /**
             * @deprecated
             * @description Accepted and ignored
             */
            status_reason?: unknown;
            /**
             * @deprecated
             * @description Accepted and ignored
             */
            health_status?: unknown;
            /**
             * @deprecated
             * @description Accepted and ignored
             */
            health_status_reason?: unknown;
            /**
             * @deprecated
             * @description Accepted and ignored
             */
            labels_overridden?: unknown;
            /**
             * @deprecated
             * @description Accepted and ignored
             */
            labels_added?: unknown;
            /**
             * @deprecated
             * @description Accepted and ignored
             */
            labels_skipped?: unknown;
            /**
             * @deprecated
             * @description Accepted and ignored
             */
            faults?: unknown;
        };
        Accepted: {
            uuid: string;
        };
        ApiError: {
            errors: {
                request_id?: string;
                code: string;
                status?: number;
                title: string;
                detail?: string;
                links: {
                    rel: string;
                    href: string;
                }[];
            }[];
        };
        ClusterDeletePlan: {
            cluster_uuid: string;
            stacks: {
                name: string;
                id: string | null;
                /** @description As the ledger has it: intended, present or deleting */
                state: string;
            }[];
            nodes: {
                name: string;
                role: string;
                phase: string;
                server_id: string | null;
            }[];
            /** @description Made by the cluster for its Services */
            load_balancers: {
                id: string;
                name: string;
                address: string;
                status: string;
            }[];
            /** @description Of these load balancers */
            floating_ips: {
                id: string;
                address: string;
            }[];
            volumes: {
                id: string;
                name: string;
                size_gib: number;
                status: string;
                /** @enum {string} */
                action: "delete" | "keep";
                because: string;
            }[];
            /** @description What an earlier delete read from the cluster and wrote down */
            recorded: {
                /** @enum {string} */
                type: "octavia-load-balancer" | "neutron-floating-ip" | "cinder-volume" | "retained-volume" | "kept-volume";
                id: string;
                name: string;
                state: string;
            }[];
            /** @description What would stand in the way */
            blockers: string[];
            /** @description What could not be looked at */
            notes: string[];
        };
        Certificate: {
            cluster_uuid: string;
            pem: string;
            links: components["schemas"]["Link"][];
        };
        CertificateSign: {
            /** @description uuid or name of the cluster */
            cluster_uuid: string;
            csr: string;
            /** @description kubernetes (default), etcd or front-proxy */
            ca_cert_type?: string | null;
            /**
             * @deprecated
             * @description Accepted and ignored
             */
            pem?: unknown;
        };
        SignedCertificate: {
            cluster_uuid: string;
            pem: string;
            links: components["schemas"]["Link"][];
            csr: string;
            ca_cert_type?: string;
        };
        ClusterResize: {
            /** @description Nodes that the group is to have; 0 from microversion 1.10 on */
            node_count: number;
            /** @description Which nodes go: as many as node_count takes away; with an unchanged node_count they are replaced. Without it unhealthy, then closed, then emptier, then younger ones go */
            nodes_to_remove?: string[] | null;
            /** @description uuid or name; default-worker by default */
            nodegroup?: string | null;
        };
        NodeReplacement: {
            nodes: string[];
            /** @description Do not wait for pods that may not be evicted */
            force?: boolean | null;
            /** @description You have seen to it that these machines are off: they are not waited for, and what they held may be used again */
            fenced?: boolean | null;
        };
        NodeReplacementAccepted: {
            uuid: string;
            /** @description Operations that do it, one a node group; none when all of the nodes are going already */
            operations: string[];
        };
        ChangePlanRequest: components["schemas"]["ResizePlanRequest"] | components["schemas"]["NodeReplacementPlanRequest"];
        ResizePlanRequest: {
            /** @description Nodes that the group is to have; 0 from microversion 1.10 on */
            node_count: number;
            /** @description Which nodes go: as many as node_count takes away; with an unchanged node_count they are replaced. Without it unhealthy, then closed, then emptier, then younger ones go */
            nodes_to_remove?: string[] | null;
            /** @description uuid or name; default-worker by default */
            nodegroup?: string | null;
            /** @enum {string} */
            action: "resize";
        };
        NodeReplacementPlanRequest: {
            nodes: string[];
            /** @description Do not wait for pods that may not be evicted */
            force?: boolean | null;
            /** @description You have seen to it that these machines are off: they are not waited for, and what they held may be used again */
            fenced?: boolean | null;
            /** @enum {string} */
            action: "replace-node";
        };
        ChangePlan: {
            action: string;
            cluster_uuid: string;
            summary: string;
            /** @description Every node that comes or goes, and why */
            nodes: {
                /** @enum {string} */
                what: "create" | "replace" | "remove";
                /** @description Name; null for a node that is still to be made or chosen */
                node: string | null;
                node_uuid: string | null;
                nodegroup: string;
                because: string;
            }[];
            extra_capacity: {
                /** @description Nodes that there are for a time, or for good, beyond those of now */
                nodes: number;
                /** @description What they take of the quotas */
                resources: {
                    [key: string]: number;
                };
                /** @description Whether the quotas leave room for them; null: they could not be asked */
                fits: boolean | null;
                shortages: string[];
            };
            /** @description What has to be out of the way before it can begin or end */
            blockers: string[];
            /** @description What only the conductor can look at, once it begins */
            unchecked: string[];
            estimate: {
                /** @description Were all nodes changed at the same time; null: there is nothing to go by */
                seconds_min: number | null;
                /** @description Were they changed one after the other */
                seconds_max: number | null;
                because: string;
            };
        };
        NodeGroupList: {
            nodegroups: components["schemas"]["NodeGroupSummary"][];
            next?: string;
        };
        NodeGroupSummary: {
            uuid: string;
            name: string;
            role: string;
            is_default: boolean;
            node_count: number;
            min_node_count: number;
            max_node_count: number | null;
            flavor_id: string | null;
            image_id: string;
            stack_id: string | null;
            status: string;
            merge_labels: boolean;
        };
        NodeGroup: {
            uuid: string;
            name: string;
            role: string;
            is_default: boolean;
            node_count: number;
            min_node_count: number;
            max_node_count: number | null;
            flavor_id: string | null;
            image_id: string;
            stack_id: string | null;
            status: string;
            merge_labels: boolean;
            id: number;
            cluster_id: string;
            project_id: string;
            docker_volume_size: number | null;
            labels: {
                [key: string]: string;
            };
            labels_overridden: {
                [key: string]: string;
            };
            labels_added: {
                [key: string]: string;
            };
            labels_skipped: {
                [key: string]: string;
            };
            node_labels: {
                [key: string]: string;
            } | null;
            node_taints: {
                [key: string]: string;
            }[] | null;
            node_addresses: string[];
            status_reason: string | null;
            version: string | null;
            links: components["schemas"]["Link"][];
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string | null;
        };
        NodeGroupCreate: {
            /** @description Unique in the cluster */
            name: string;
            node_count?: number;
            /** @description 0 by default */
            min_node_count?: number | null;
            /** @description None by default; 0 means none, too */
            max_node_count?: number | null;
            /** @description worker by default; any text but master */
            role?: string | null;
            /** @description The cluster's by default */
            flavor_id?: string | null;
            /** @description That of the cluster's template by default; it may have an older Kubernetes, within its version skew policy */
            image_id?: string | null;
            /** @description GiB; none by default */
            docker_volume_size?: number | null;
            /** @description The cluster's by default */
            labels?: {
                [key: string]: string | number | boolean;
            } | null;
            /** @description Overlay the cluster's labels instead of replacing them */
            merge_labels?: boolean | null;
            /** @description Kubernetes labels of the nodes; clients know them from microversion 1.14 on */
            node_labels?: {
                [key: string]: string;
            } | null;
            /** @description Kubernetes taints of the nodes: objects with key, effect and perhaps value */
            node_taints?: {
                [key: string]: string;
            }[] | null;
            /**
             * @deprecated
             * @description Accepted and ignored
             */
            id?: unknown;
            /**
             * @deprecated
             * @description Accepted and ignored
             */
            uuid?: unknown;
            /**
             * @deprecated
             * @description Accepted and ignored
             */
            cluster_id?: unknown;
            /**
             * @deprecated
             * @description Accepted and ignored
             */
            is_default?: unknown;
            /**
             * @deprecated
             * @description Accepted and ignored
             */
            status?: unknown;
            /**
             * @deprecated
             * @description Accepted and ignored
             */
            status_reason?: unknown;
            /**
             * @deprecated
             * @description Accepted and ignored
             */
            version?: unknown;
        };
        NodeList: {
            nodes: components["schemas"]["Node"][];
        };
        Node: {
            uuid: string;
            /** @description Name of the server, of the host and of the Kubernetes node */
            name: string;
            cluster_uuid: string;
            /** @description Name of the node group */
            nodegroup: string;
            nodegroup_uuid: string;
            /** @enum {string} */
            role: "control-plane" | "worker";
            /** @description Control-plane slot */
            slot: number | null;
            /** @enum {string} */
            phase: "planned" | "building" | "booting" | "joined" | "ready" | "failed" | "draining" | "deleting" | "gone";
            phase_reason: string | null;
            /** @description The machine's own last word about its boot */
            boot_phase: string | null;
            boot_status: string | null;
            boot_message: string | null;
            /** Format: date-time */
            boot_reported_at: string | null;
            /** Format: date-time */
            boot_deadline: string | null;
            server_id: string | null;
            stack_id: string | null;
            address: string | null;
            floating_address: string | null;
            image_id: string;
            flavor_id: string;
            /** @description Seen on the node */
            coe_version: string | null;
            /** @description Number of the cluster's specification that it was made from */
            revision: number;
            /**
             * Format: date-time
             * @description When it was last seen to become Ready
             */
            ready_at: string | null;
            /** @description Why it is to go although its group stays; null: it stays */
            doomed_because: string | null;
            /** @description Name of the node whose place it takes */
            replaces: string | null;
            /**
             * Format: date-time
             * @description Since when it takes no new pods because it is to go
             */
            cordoned_at: string | null;
            /**
             * Format: date-time
             * @description Until when its pods have time to go
             */
            drain_deadline: string | null;
            /** @description uuid of the operation that leaves it as it is */
            skipped_by: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string | null;
        };
        OperationList: {
            operations: components["schemas"]["Operation"][];
            next?: string;
        };
        Operation: {
            uuid: string;
            cluster_uuid: string;
            nodegroup_uuid: string | null;
            kind: string;
            /** @enum {string} */
            state: "queued" | "running" | "waiting" | "paused" | "succeeded" | "failed" | "cancelled" | "superseded";
            /** @description Current step; the last one when it has ended */
            step: string | null;
            /** @description Why it waits just now */
            waiting_for: string | null;
            /**
             * @description What somebody wants of it at the end of its turn
             * @enum {string|null}
             */
            wish: "pause" | "cancel" | null;
            /** @description Why it failed, or stopped by its own rule */
            failure: string | null;
            /** @description What a person can do now */
            advice: string | null;
            /** @description 1, and one more for each retry */
            attempt: number;
            /** @description User id */
            requested_by: string | null;
            request_id: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            started_at: string | null;
            /** Format: date-time */
            finished_at: string | null;
            /** Format: date-time */
            deadline_at: string | null;
        };
        OperationDetail: {
            uuid: string;
            cluster_uuid: string;
            nodegroup_uuid: string | null;
            kind: string;
            /** @enum {string} */
            state: "queued" | "running" | "waiting" | "paused" | "succeeded" | "failed" | "cancelled" | "superseded";
            /** @description Current step; the last one when it has ended */
            step: string | null;
            /** @description Why it waits just now */
            waiting_for: string | null;
            /**
             * @description What somebody wants of it at the end of its turn
             * @enum {string|null}
             */
            wish: "pause" | "cancel" | null;
            /** @description Why it failed, or stopped by its own rule */
            failure: string | null;
            /** @description What a person can do now */
            advice: string | null;
            /** @description 1, and one more for each retry */
            attempt: number;
            /** @description User id */
            requested_by: string | null;
            request_id: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            started_at: string | null;
            /** Format: date-time */
            finished_at: string | null;
            /** Format: date-time */
            deadline_at: string | null;
            steps: {
                name: string;
                /** @enum {string} */
                state: "done" | "current" | "failed";
                /** Format: date-time */
                entered_at: string;
            }[];
            /** @description When each node that it worked at was in which phase */
            nodes: components["schemas"]["NodeTimes"][];
            /** @description The newest 200, oldest first; all of them under /events */
            events: components["schemas"]["Event"][];
        };
        NodeTimes: {
            name: string;
            uuid: string;
            phases: {
                phase: string;
                /** Format: date-time */
                from: string;
                /**
                 * Format: date-time
                 * @description null: it still is
                 */
                to: string | null;
            }[];
        };
        Event: {
            id: number;
            cluster_uuid: string;
            operation_uuid: string | null;
            node_uuid: string | null;
            /** Format: date-time */
            at: string;
            /** @description operation, step, wait, action, node, status or incident */
            type: string;
            step: string | null;
            /** @description Phase of the node from then on; null where nothing is said of a node */
            node_phase: string | null;
            message: string;
            because: string | null;
        };
        OperationEvents: {
            operation_uuid: string;
            /** @description User id */
            requested_by: string | null;
            request_id: string | null;
            events: components["schemas"]["Event"][];
            next?: string;
        };
        NodeSkip: {
            /** @description uuid of the node or of its server, its name or one of its addresses */
            node: string;
        };
        ClusterUpgrade: {
            /** @description uuid or name of the template that the cluster is to follow */
            cluster_template: string;
            /** @description Nodes that are replaced at the same time; 1 by default */
            max_batch_size?: number | null;
            /** @description uuid or name; default-worker by default, which stands for both default groups. A group of your own follows the cluster's present template only */
            nodegroup?: string | null;
            /** @description Nodes that a group may have beyond its count at one moment: a number or a percentage (rounded up); max_batch_size by default */
            max_surge?: (number | string) | null;
            /** @description Nodes that a group may be short of at one moment: a number or a percentage (rounded down); 0 by default */
            max_unavailable?: (number | string) | null;
            /** @description The first new node alone, for soak_seconds, before any other is made; false by default */
            canary?: boolean | null;
            /** @description How long a new node must have been Ready before it counts as good; 0 by default */
            soak_seconds?: number | null;
            /** @description Seconds that a node's pods have to go; the service's own setting by default */
            drain_timeout?: number | null;
            /**
             * @description What happens then: the operation rests, the pods are deleted, or the node is left as it is; the service's own setting by default
             * @enum {string|null}
             */
            drain_timeout_policy?: "fail" | "force" | "skip-node" | null;
            /**
             * @description When a new node is no good: rest until somebody decides (by default), or take the worker groups back to what they were
             * @enum {string|null}
             */
            on_failure?: "pause" | "rollback" | null;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listVersions: {
        parameters: {
            query?: never;
            header?: {
                /** @description 'container-infra 1.1' to 'container-infra 1.14', or 'container-infra latest'; without it 1.1 */
                "OpenStack-API-Version"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Versions"];
                };
            };
            /** @description The request was refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiError"];
                };
            };
        };
    };
    getVersion1: {
        parameters: {
            query?: never;
            header?: {
                /** @description 'container-infra 1.1' to 'container-infra 1.14', or 'container-infra latest'; without it 1.1 */
                "OpenStack-API-Version"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Version1"];
                };
            };
            /** @description The request was refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiError"];
                };
            };
        };
    };
    healthcheck: {
        parameters: {
            query?: never;
            header?: {
                /** @description 'container-infra 1.1' to 'container-infra 1.14', or 'container-infra latest'; without it 1.1 */
                "OpenStack-API-Version"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description The database does not answer */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description The request was refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiError"];
                };
            };
        };
    };
    listClusterTemplates: {
        parameters: {
            query?: {
                /** @description uuid of the last item of the page before */
                marker?: string;
                /** @description Most items in the page */
                limit?: number;
                /** @description Stored field to sort by; id (order of creation) by default */
                sort_key?: string;
                /** @description Direction of the sort, asc by default */
                sort_dir?: "asc" | "desc";
            };
            header?: {
                /** @description 'container-infra 1.1' to 'container-infra 1.14', or 'container-infra latest'; without it 1.1 */
                "OpenStack-API-Version"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClusterTemplateList"];
                };
            };
            /** @description The request was refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiError"];
                };
            };
        };
    };
    createClusterTemplate: {
        parameters: {
            query?: never;
            header?: {
                /** @description 'container-infra 1.1' to 'container-infra 1.14', or 'container-infra latest'; without it 1.1 */
                "OpenStack-API-Version"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ClusterTemplateCreate"];
            };
        };
        responses: {
            201: {
                headers: {
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClusterTemplate"];
                };
            };
            /** @description The request was refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiError"];
                };
            };
        };
    };
    listClusterTemplatesInDetail: {
        parameters: {
            query?: {
                /** @description uuid of the last item of the page before */
                marker?: string;
                /** @description Most items in the page */
                limit?: number;
                /** @description Stored field to sort by; id (order of creation) by default */
                sort_key?: string;
                /** @description Direction of the sort, asc by default */
                sort_dir?: "asc" | "desc";
            };
            header?: {
                /** @description 'container-infra 1.1' to 'container-infra 1.14', or 'container-infra latest'; without it 1.1 */
                "OpenStack-API-Version"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClusterTemplateList"];
                };
            };
            /** @description The request was refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiError"];
                };
            };
        };
    };
    getClusterTemplate: {
        parameters: {
            query?: never;
            header?: {
                /** @description 'container-infra 1.1' to 'container-infra 1.14', or 'container-infra latest'; without it 1.1 */
                "OpenStack-API-Version"?: string;
            };
            path: {
                template: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClusterTemplate"];
                };
            };
            /** @description The request was refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiError"];
                };
            };
        };
    };
    deleteClusterTemplate: {
        parameters: {
            query?: never;
            header?: {
                /** @description 'container-infra 1.1' to 'container-infra 1.14', or 'container-infra latest'; without it 1.1 */
                "OpenStack-API-Version"?: string;
            };
            path: {
                template: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request was refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiError"];
                };
            };
        };
    };
    updateClusterTemplate: {
        parameters: {
            query?: never;
            header?: {
                /** @description 'container-infra 1.1' to 'container-infra 1.14', or 'container-infra latest'; without it 1.1 */
                "OpenStack-API-Version"?: string;
            };
            path: {
                template: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["JsonPatch"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClusterTemplate"];
                };
            };
            /** @description The request was refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiError"];
                };
            };
        };
    };
    listClusters: {
        parameters: {
            query?: {
                /** @description uuid of the last item of the page before */
                marker?: string;
                /** @description Most items in the page */
                limit?: number;
                /** @description Stored field to sort by; id (order of creation) by default */
                sort_key?: string;
                /** @description Direction of the sort, asc by default */
                sort_dir?: "asc" | "desc";
            };
            header?: {
                /** @description 'container-infra 1.1' to 'container-infra 1.14', or 'container-infra latest'; without it 1.1 */
                "OpenStack-API-Version"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClusterList"];
                };
            };
            /** @description The request was refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiError"];
                };
            };
        };
    };
    createCluster: {
        parameters: {
            query?: never;
            header?: {
                /** @description 'container-infra 1.1' to 'container-infra 1.14', or 'container-infra latest'; without it 1.1 */
                "OpenStack-API-Version"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ClusterCreate"];
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            /** @description The project's quotas leave no room (X-Jeroboam-Error: insufficient-quota): names each resource, what is needed, available and held, and how to raise it; or several templates have the name */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiError"];
                };
            };
            /** @description The request was refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiError"];
                };
            };
        };
    };
    listClustersInDetail: {
        parameters: {
            query?: {
                /** @description uuid of the last item of the page before */
                marker?: string;
                /** @description Most items in the page */
                limit?: number;
                /** @description Stored field to sort by; id (order of creation) by default */
                sort_key?: string;
                /** @description Direction of the sort, asc by default */
                sort_dir?: "asc" | "desc";
            };
            header?: {
                /** @description 'container-infra 1.1' to 'container-infra 1.14', or 'container-infra latest'; without it 1.1 */
                "OpenStack-API-Version"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClusterDetailList"];
                };
            };
            /** @description The request was refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiError"];
                };
            };
        };
    };
    getCluster: {
        parameters: {
            query?: never;
            header?: {
                /** @description 'container-infra 1.1' to 'container-infra 1.14', or 'container-infra latest'; without it 1.1 */
                "OpenStack-API-Version"?: string;
            };
            path: {
                cluster: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Cluster"];
                };
            };
            /** @description The request was refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiError"];
                };
            };
        };
    };
    deleteCluster: {
        parameters: {
            query?: {
                /** @description Volumes of PersistentVolumes stay, whatever their policy says */
                keep_volumes?: boolean;
                /** @description What the cluster made and cannot be removed is left behind and named, instead of failing the delete */
                force?: boolean;
            };
            header?: {
                /** @description 'container-infra 1.1' to 'container-infra 1.14', or 'container-infra latest'; without it 1.1 */
                "OpenStack-API-Version"?: string;
            };
            path: {
                cluster: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request was refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiError"];
                };
            };
        };
    };
    updateCluster: {
        parameters: {
            query?: {
                /** @description From microversion 1.3 on: go back to the state before when the change fails */
                rollback?: boolean;
            };
            header?: {
                /** @description 'container-infra 1.1' to 'container-infra 1.14', or 'container-infra latest'; without it 1.1 */
                "OpenStack-API-Version"?: string;
            };
            path: {
                cluster: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["JsonPatch"];
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            /** @description The request was refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiError"];
                };
            };
        };
    };
    planClusterDeletion: {
        parameters: {
            query?: {
                /** @description Volumes of PersistentVolumes stay, whatever their policy says */
                keep_volumes?: boolean;
                /** @description What the cluster made and cannot be removed is left behind and named, instead of failing the delete */
                force?: boolean;
            };
            header?: {
                /** @description 'container-infra 1.1' to 'container-infra 1.14', or 'container-infra latest'; without it 1.1 */
                "OpenStack-API-Version"?: string;
            };
            path: {
                cluster: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClusterDeletePlan"];
                };
            };
            /** @description The request was refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiError"];
                };
            };
        };
    };
    getCertificate: {
        parameters: {
            query?: {
                /** @description kubernetes (default), etcd or front-proxy */
                ca_cert_type?: string;
            };
            header?: {
                /** @description 'container-infra 1.1' to 'container-infra 1.14', or 'container-infra latest'; without it 1.1 */
                "OpenStack-API-Version"?: string;
            };
            path: {
                cluster: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Certificate"];
                };
            };
            /** @description The request was refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiError"];
                };
            };
        };
    };
    getCertificateOfType: {
        parameters: {
            query?: never;
            header?: {
                /** @description 'container-infra 1.1' to 'container-infra 1.14', or 'container-infra latest'; without it 1.1 */
                "OpenStack-API-Version"?: string;
            };
            path: {
                cluster: string;
                type: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Certificate"];
                };
            };
            /** @description The request was refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiError"];
                };
            };
        };
    };
    signCertificate: {
        parameters: {
            query?: never;
            header?: {
                /** @description 'container-infra 1.1' to 'container-infra 1.14', or 'container-infra latest'; without it 1.1 */
                "OpenStack-API-Version"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CertificateSign"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedCertificate"];
                };
            };
            /** @description The request was refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiError"];
                };
            };
        };
    };
    watchCluster: {
        parameters: {
            query?: never;
            header?: {
                /** @description 'container-infra 1.1' to 'container-infra 1.14', or 'container-infra latest'; without it 1.1 */
                "OpenStack-API-Version"?: string;
            };
            path: {
                cluster: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description The request was refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiError"];
                };
            };
        };
    };
    resizeCluster: {
        parameters: {
            query?: never;
            header?: {
                /** @description 'container-infra 1.1' to 'container-infra 1.14', or 'container-infra latest'; without it 1.1 */
                "OpenStack-API-Version"?: string;
            };
            path: {
                cluster: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ClusterResize"];
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            /** @description A named node is no node of the group, node_count and nodes_to_remove disagree, or the quotas leave no room: nothing was changed */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiError"];
                };
            };
            /** @description The request was refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiError"];
                };
            };
        };
    };
    replaceNodes: {
        parameters: {
            query?: never;
            header?: {
                /** @description 'container-infra 1.1' to 'container-infra 1.14', or 'container-infra latest'; without it 1.1 */
                "OpenStack-API-Version"?: string;
            };
            path: {
                cluster: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NodeReplacement"];
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodeReplacementAccepted"];
                };
            };
            /** @description A reference names no node of the cluster, or several: nothing was changed */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiError"];
                };
            };
            /** @description The request was refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiError"];
                };
            };
        };
    };
    planChange: {
        parameters: {
            query?: never;
            header?: {
                /** @description 'container-infra 1.1' to 'container-infra 1.14', or 'container-infra latest'; without it 1.1 */
                "OpenStack-API-Version"?: string;
            };
            path: {
                cluster: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangePlanRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangePlan"];
                };
            };
            /** @description The action itself would be refused so */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiError"];
                };
            };
            /** @description The request was refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiError"];
                };
            };
        };
    };
    listNodeGroups: {
        parameters: {
            query?: {
                /** @description uuid of the last item of the page before */
                marker?: string;
                /** @description Most items in the page */
                limit?: number;
                /** @description Stored field to sort by; id (order of creation) by default */
                sort_key?: string;
                /** @description Direction of the sort, asc by default */
                sort_dir?: "asc" | "desc";
                /** @description Only groups of this role */
                role?: string;
            };
            header?: {
                /** @description 'container-infra 1.1' to 'container-infra 1.14', or 'container-infra latest'; without it 1.1 */
                "OpenStack-API-Version"?: string;
            };
            path: {
                cluster: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodeGroupList"];
                };
            };
            /** @description The request was refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiError"];
                };
            };
        };
    };
    createNodeGroup: {
        parameters: {
            query?: never;
            header?: {
                /** @description 'container-infra 1.1' to 'container-infra 1.14', or 'container-infra latest'; without it 1.1 */
                "OpenStack-API-Version"?: string;
            };
            path: {
                cluster: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NodeGroupCreate"];
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodeGroup"];
                };
            };
            /** @description The name is taken, values contradict each other, the cluster is not in a state for it, or the project's quotas leave no room */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiError"];
                };
            };
            /** @description The request was refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiError"];
                };
            };
        };
    };
    getNodeGroup: {
        parameters: {
            query?: never;
            header?: {
                /** @description 'container-infra 1.1' to 'container-infra 1.14', or 'container-infra latest'; without it 1.1 */
                "OpenStack-API-Version"?: string;
            };
            path: {
                cluster: string;
                nodegroup: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodeGroup"];
                };
            };
            /** @description The request was refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiError"];
                };
            };
        };
    };
    deleteNodeGroup: {
        parameters: {
            query?: never;
            header?: {
                /** @description 'container-infra 1.1' to 'container-infra 1.14', or 'container-infra latest'; without it 1.1 */
                "OpenStack-API-Version"?: string;
            };
            path: {
                cluster: string;
                nodegroup: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request was refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiError"];
                };
            };
        };
    };
    updateNodeGroup: {
        parameters: {
            query?: never;
            header?: {
                /** @description 'container-infra 1.1' to 'container-infra 1.14', or 'container-infra latest'; without it 1.1 */
                "OpenStack-API-Version"?: string;
            };
            path: {
                cluster: string;
                nodegroup: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["JsonPatch"];
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodeGroup"];
                };
            };
            /** @description Values contradict each other, or the cluster or the group is not in a state for it */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiError"];
                };
            };
            /** @description The request was refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiError"];
                };
            };
        };
    };
    listNodes: {
        parameters: {
            query?: never;
            header?: {
                /** @description 'container-infra 1.1' to 'container-infra 1.14', or 'container-infra latest'; without it 1.1 */
                "OpenStack-API-Version"?: string;
            };
            path: {
                cluster: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodeList"];
                };
            };
            /** @description The request was refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiError"];
                };
            };
        };
    };
    listOperations: {
        parameters: {
            query?: {
                /** @description uuid of the last item of the page before */
                marker?: string;
                /** @description Most items in the page */
                limit?: number;
                /** @description Stored field to sort by; id (order of creation) by default */
                sort_key?: string;
                /** @description Direction of the sort, asc by default */
                sort_dir?: "asc" | "desc";
            };
            header?: {
                /** @description 'container-infra 1.1' to 'container-infra 1.14', or 'container-infra latest'; without it 1.1 */
                "OpenStack-API-Version"?: string;
            };
            path: {
                cluster: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OperationList"];
                };
            };
            /** @description The request was refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiError"];
                };
            };
        };
    };
    getOperation: {
        parameters: {
            query?: never;
            header?: {
                /** @description 'container-infra 1.1' to 'container-infra 1.14', or 'container-infra latest'; without it 1.1 */
                "OpenStack-API-Version"?: string;
            };
            path: {
                operation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OperationDetail"];
                };
            };
            /** @description The request was refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiError"];
                };
            };
        };
    };
    retryOperation: {
        parameters: {
            query?: never;
            header?: {
                /** @description 'container-infra 1.1' to 'container-infra 1.14', or 'container-infra latest'; without it 1.1 */
                "OpenStack-API-Version"?: string;
            };
            path: {
                operation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OperationDetail"];
                };
            };
            /** @description It has not failed, or another operation came after it */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiError"];
                };
            };
            /** @description The request was refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiError"];
                };
            };
        };
    };
    listOperationEvents: {
        parameters: {
            query?: {
                /** @description id of the last event of the page before */
                marker?: number;
                /** @description Most events in the page */
                limit?: number;
            };
            header?: {
                /** @description 'container-infra 1.1' to 'container-infra 1.14', or 'container-infra latest'; without it 1.1 */
                "OpenStack-API-Version"?: string;
            };
            path: {
                operation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OperationEvents"];
                };
            };
            /** @description The request was refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiError"];
                };
            };
        };
    };
    pauseOperation: {
        parameters: {
            query?: never;
            header?: {
                /** @description 'container-infra 1.1' to 'container-infra 1.14', or 'container-infra latest'; without it 1.1 */
                "OpenStack-API-Version"?: string;
            };
            path: {
                operation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OperationDetail"];
                };
            };
            /** @description It has ended, or cannot be paused */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiError"];
                };
            };
            /** @description The request was refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiError"];
                };
            };
        };
    };
    resumeOperation: {
        parameters: {
            query?: never;
            header?: {
                /** @description 'container-infra 1.1' to 'container-infra 1.14', or 'container-infra latest'; without it 1.1 */
                "OpenStack-API-Version"?: string;
            };
            path: {
                operation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OperationDetail"];
                };
            };
            /** @description It is not paused, or another one took its place */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiError"];
                };
            };
            /** @description The request was refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiError"];
                };
            };
        };
    };
    cancelOperation: {
        parameters: {
            query?: never;
            header?: {
                /** @description 'container-infra 1.1' to 'container-infra 1.14', or 'container-infra latest'; without it 1.1 */
                "OpenStack-API-Version"?: string;
            };
            path: {
                operation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OperationDetail"];
                };
            };
            /** @description It has ended, or cannot be cancelled */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiError"];
                };
            };
            /** @description The request was refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiError"];
                };
            };
        };
    };
    skipNode: {
        parameters: {
            query?: never;
            header?: {
                /** @description 'container-infra 1.1' to 'container-infra 1.14', or 'container-infra latest'; without it 1.1 */
                "OpenStack-API-Version"?: string;
            };
            path: {
                operation: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NodeSkip"];
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OperationDetail"];
                };
            };
            /** @description There is no such node, or it is being emptied or removed already */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiError"];
                };
            };
            /** @description The request was refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiError"];
                };
            };
        };
    };
    upgradeCluster: {
        parameters: {
            query?: never;
            header?: {
                /** @description 'container-infra 1.1' to 'container-infra 1.14', or 'container-infra latest'; without it 1.1 */
                "OpenStack-API-Version"?: string;
            };
            path: {
                cluster: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ClusterUpgrade"];
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            /** @description An upgrade is under way, the node group cannot follow that template, or the project's quotas leave no room for the nodes beyond the count (X-Jeroboam-Error says which) */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiError"];
                };
            };
            /** @description The request was refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiError"];
                };
            };
        };
    };
}
